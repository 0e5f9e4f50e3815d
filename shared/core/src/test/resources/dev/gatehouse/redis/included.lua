local answer = 'included'
